/**
 * Logarithm and power of two in plain arithmetic: WebAssembly has neither, and the library's keep tables at fixed addresses of a
 * memory that is laid out by hand here. Both are exact to some 1e-15.
 */

const MANTISSA: u64 = 0x000fffffffffffff;
const ONE: u64 = 0x3ff0000000000000;

/** log2 of a positive, normal number. */
export function log2(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  let exponent = <i32>(bits >> 52) - 1023;
  let mantissa = reinterpret<f64>((bits & MANTISSA) | ONE);
  if (mantissa > Math.SQRT2) {
    mantissa *= 0.5;
    exponent++;
  }
  // ln m = 2 atanh(s) = 2 (s + s^3 / 3 + s^5 / 5 + ...) with s = (m - 1) / (m + 1), |s| < 0.172.
  const s = (mantissa - 1) / (mantissa + 1);
  const z = s * s;
  let sum = 1.0 / 21;
  sum = sum * z + 1.0 / 19;
  sum = sum * z + 1.0 / 17;
  sum = sum * z + 1.0 / 15;
  sum = sum * z + 1.0 / 13;
  sum = sum * z + 1.0 / 11;
  sum = sum * z + 1.0 / 9;
  sum = sum * z + 1.0 / 7;
  sum = sum * z + 1.0 / 5;
  sum = sum * z + 1.0 / 3;
  sum = sum * z + 1;
  return <f64>exponent + (2 / Math.LN2) * s * sum;
}

/** 2^x; 0 below the normal numbers and infinite above them. */
export function exp2(x: f64): f64 {
  if (x < -1022) return 0;
  if (x >= 1023.5) return Infinity;
  const whole = nearest(x);
  const y = (x - whole) * Math.LN2;
  // The Taylor series of e^y, |y| < 0.347.
  let sum = 1.0 / 6227020800;
  sum = sum * y + 1.0 / 479001600;
  sum = sum * y + 1.0 / 39916800;
  sum = sum * y + 1.0 / 3628800;
  sum = sum * y + 1.0 / 362880;
  sum = sum * y + 1.0 / 40320;
  sum = sum * y + 1.0 / 5040;
  sum = sum * y + 1.0 / 720;
  sum = sum * y + 1.0 / 120;
  sum = sum * y + 1.0 / 24;
  sum = sum * y + 1.0 / 6;
  sum = sum * y + 0.5;
  sum = sum * y + 1;
  sum = sum * y + 1;
  return sum * reinterpret<f64>((<u64>(<i64>whole + 1023)) << 52);
}
