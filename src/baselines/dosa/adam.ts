/** Adam (Kingma and Ba, ICLR 2015), with its authors' constants. */
export class Adam {
  private readonly rate: number;
  private readonly mean: Float64Array;
  private readonly square: Float64Array;
  private steps = 0;

  constructor(size: number, rate: number) {
    this.rate = rate;
    this.mean = new Float64Array(size);
    this.square = new Float64Array(size);
  }

  /** Moves `point` one step down its gradient. */
  step(point: Float64Array, gradient: Float64Array): void {
    const { mean, square, rate } = this;
    this.steps++;
    const meanBias = 1 - MEAN_DECAY ** this.steps;
    const squareBias = 1 - SQUARE_DECAY ** this.steps;
    for (let i = 0; i < point.length; i++) {
      const slope = gradient[i] as number;
      const m = MEAN_DECAY * (mean[i] as number) + (1 - MEAN_DECAY) * slope;
      const v = SQUARE_DECAY * (square[i] as number) + (1 - SQUARE_DECAY) * slope * slope;
      mean[i] = m;
      square[i] = v;
      point[i] = (point[i] as number) - (rate * (m / meanBias)) / (Math.sqrt(v / squareBias) + EPSILON);
    }
  }
}

const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const EPSILON = 1e-8;
