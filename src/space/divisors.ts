/** Prime factors in rising order, with repetition. */
export function primeFactors(value: number): number[] {
  const factors: number[] = [];
  let left = value;
  for (let prime = 2; prime * prime <= left; prime++) {
    for (; left % prime === 0; left /= prime) factors.push(prime);
  }
  if (left > 1) factors.push(left);
  return factors;
}

/** Divisors in rising order. */
export function divisors(value: number): number[] {
  let found = [1];
  for (const prime of primeFactors(value)) {
    found = [...new Set([...found, ...found.map((divisor) => divisor * prime)])];
  }
  return found.sort((a, b) => a - b);
}
