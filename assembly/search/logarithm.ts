/**
 * Natural logarithm of a positive normal number, to a few parts in 1e16. The library's own has tables in linear memory, where
 * hosts place their records.
 */
export function ln(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  let exponent = <f64>(<i32>(bits >> 52) - 1023);
  let mantissa = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (mantissa > SQRT2) {
    mantissa *= 0.5;
    exponent += 1;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)), whose argument is at most 0.172.
  const t = (mantissa - 1) / (mantissa + 1);
  const u = t * t;
  let series: f64 = 1.0 / 19;
  series = series * u + 1.0 / 17;
  series = series * u + 1.0 / 15;
  series = series * u + 1.0 / 13;
  series = series * u + 1.0 / 11;
  series = series * u + 1.0 / 9;
  series = series * u + 1.0 / 7;
  series = series * u + 1.0 / 5;
  series = series * u + 1.0 / 3;
  return exponent * LN2 + 2 * (t + t * u * series);
}

const SQRT2: f64 = 1.4142135623730951;
const LN2: f64 = 0.6931471805599453;
