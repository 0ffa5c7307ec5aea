# The bundled worker and its WebAssembly module, on a free port of this machine.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "suite", worker = .suite)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "suite")],
);

const suite :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "starlight.wasm", wasm = embed "starlight.wasm"),
  ],
  compatibilityDate = "2025-01-01",
);
