// Counts how often each net changes, from the value changes that Verilator writes as VCD: what a waveform holds, without the file.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "verilated_vcd_c.h"

/// Takes the text of a VCD and passes it on to a file, if it is opened with the name of one.
class ToggleCounter final : public VerilatedVcdFile {
 public:
  bool open(const std::string& name) override {
    writes_ = !name.empty();
    return !writes_ || VerilatedVcdFile::open(name);
  }

  void close() override {
    if (writes_) VerilatedVcdFile::close();
  }

  ssize_t write(const char* text, ssize_t length) override {
    const char* end = text + length;
    for (const char* at = text; at < end;) {
      const char* newline = static_cast<const char*>(std::memchr(at, '\n', end - at));
      if (!newline) {
        rest_.append(at, end);
        break;
      }
      if (rest_.empty()) {
        line(at, newline);
      } else {
        rest_.append(at, newline);
        line(rest_.data(), rest_.data() + rest_.size());
        rest_.clear();
      }
      at = newline + 1;
    }
    return writes_ ? VerilatedVcdFile::write(text, length) : length;
  }

  /// A line a variable: scope, name, bits, changes of bits since the first sample, with tabs between.
  bool save(const char* name) const {
    FILE* file = std::fopen(name, "w");
    if (!file) return false;
    for (const Variable& one : variables_)
      std::fprintf(file, "%s\t%s\t%zu\t%llu\n", one.scope.c_str(), one.name.c_str(), nets_[one.net].width,
                   static_cast<unsigned long long>(nets_[one.net].toggles));
    return std::fclose(file) == 0;
  }

 private:
  struct Variable {
    std::string scope;
    std::string name;
    size_t net;
  };
  /// Variables that are one net share its code.
  struct Net {
    size_t width = 0;
    std::string bits;
    uint64_t toggles = 0;
  };

  std::vector<Variable> variables_;
  std::vector<Net> nets_;
  std::vector<std::string> scopes_;
  std::string rest_;
  bool declared_ = false;
  bool writes_ = false;

  /// Codes count in base 94, the least digit first.
  static size_t number(const char* code, const char* end) {
    size_t value = 0;
    for (const char* at = end; at > code;) value = value * 95 + static_cast<size_t>(*--at - '!' + 1);
    return value;
  }

  void line(const char* at, const char* end) {
    if (!declared_) {
      declare(at, end);
    } else if (at < end && *at == 'b') {
      const char* space = static_cast<const char*>(std::memchr(at, ' ', end - at));
      if (space) change(nets_[number(space + 1, end)], at + 1, space);
    } else if (at < end && (*at == '0' || *at == '1')) {
      change(nets_[number(at + 1, end)], at, at + 1);
    }
  }

  /// $scope module <name> $end, $var wire <width> <code> <name> [<bits>] $end, $upscope $end, $enddefinitions $end
  void declare(const char* at, const char* end) {
    std::vector<std::string> words(1);
    for (; at < end; at++) {
      if (*at != ' ') words.back() += *at;
      else if (!words.back().empty()) words.emplace_back();
    }
    if (words[0] == "$scope" && words.size() > 2) {
      scopes_.push_back(scopes_.empty() ? words[2] : scopes_.back() + "." + words[2]);
    } else if (words[0] == "$upscope") {
      scopes_.pop_back();
    } else if (words[0] == "$var" && words.size() > 4) {
      const size_t net = number(words[3].data(), words[3].data() + words[3].size());
      if (net >= nets_.size()) nets_.resize(net + 1);
      nets_[net].width = std::stoul(words[2]);
      variables_.push_back({scopes_.back(), words[4], net});
    } else if (words[0] == "$enddefinitions") {
      declared_ = true;
    }
  }

  /// The first value of a net, which comes with the first sample, is no change. Leading zeros may be left out.
  static void change(Net& net, const char* bits, const char* end) {
    const size_t length = static_cast<size_t>(end - bits);
    const size_t zeros = net.width - length;
    if (net.bits.empty()) {
      net.bits.assign(zeros, '0').append(bits, length);
      return;
    }
    char* held = &net.bits[0];
    uint32_t changed = 0;
    for (size_t i = 0; i < zeros; i++) changed += held[i] != '0';
    for (size_t i = 0; i < length; i++) changed += held[zeros + i] != bits[i];
    net.toggles += changed;
    std::memset(held, '0', zeros);
    std::memcpy(held + zeros, bits, length);
  }
};
