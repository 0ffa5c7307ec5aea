/** Transfers of the tiles of C and K, full and last: what moves for one pixel of inputs, one tap of weights, one output. */
import { C, K } from "../../src/kernels/layout";
import {
  BLOCKS, BOUND, CHANNELS, CHANNELS_BYTES, CHANNELS_K, DIM, DIM_RECORDS, DIM_RECORD_BYTES, INPUT_ALIGNED,
  INPUT_CONTIGUITY, LAST_TILE, LINES, MATMUL, MISS_LINES, OUTPUT_BEATS, OUTPUT_COMMANDS, OUTPUT_LINES,
  OUTPUT_MISS_LINES, REQUESTS, TILE, TRIPS, WEIGHT_ALIGNED, WEIGHT_CONTIGUITY, WIDTH,
} from "../../src/kernels/event-layout";
import { LINE, commonAlignment, missLines, requestBeats, requestLines } from "./transfers";

export function describeChannels(program: usize): void {
  const c = program + DIM_RECORDS + C * DIM_RECORD_BYTES;
  const k = program + DIM_RECORDS + K * DIM_RECORD_BYTES;
  const ofC = program + CHANNELS;
  const ofK = program + CHANNELS + CHANNELS_K;
  reads(program, c, ofC, TILE);
  reads(program, c, ofC + CHANNELS_BYTES, LAST_TILE);
  reads(program, k, ofK, TILE);
  reads(program, k, ofK + CHANNELS_BYTES, LAST_TILE);
  writes(program, k, ofK);
  writes(program, k, ofK + CHANNELS_BYTES);
  store<f64>(program, load<f64>(c, TILE) / load<f64>(c, BOUND), INPUT_CONTIGUITY);
  store<f64>(program, load<f64>(k, TILE) / load<f64>(k, BOUND), WEIGHT_CONTIGUITY);
  store<f64>(program, alignment(load<f64>(c, BOUND)), INPUT_ALIGNED);
  store<f64>(program, alignment(load<f64>(k, BOUND)), WEIGHT_ALIGNED);
}

/** 1 for a pitch of a multiple of 256 bytes. */
function alignment(pitch: f64): f64 {
  return (<i32>pitch & 255) == 0 ? 1 : 0;
}

/** Alignment of the rows of a tile: of all channels, and of a tile of them where there is more than one. */
// @ts-ignore: decorator
@inline
function rowAlignment(dim: usize): f64 {
  return commonAlignment(load<f64>(dim, BOUND), load<f64>(dim, TRIPS) > 1 ? load<f64>(dim, TILE) : LINE);
}

/** Requests of LINE bytes at most, whatever the array. */
function reads(program: usize, dim: usize, record: usize, extent: usize): void {
  const width = load<f64>(dim + extent);
  const pitch = load<f64>(dim, BOUND);
  const lines = requestLines(width, LINE, rowAlignment(dim));
  store<f64>(record, width, WIDTH);
  store<f64>(record, ceil(width / load<f64>(program, DIM)), BLOCKS);
  store<f64>(record, ceil(width / LINE), REQUESTS);
  store<f64>(record, lines, LINES);
  store<f64>(record, missLines(width, pitch, lines), MISS_LINES);
}

/** Outputs leave a matrix product in the requests of its reads, a convolution in one for each block of the array. */
function writes(program: usize, dim: usize, record: usize): void {
  const width = load<f64>(record, WIDTH);
  const pitch = load<f64>(dim, BOUND);
  const array = load<f64>(program, DIM);
  const matmul = load<f64>(program, MATMUL) != 0;
  const request = matmul ? LINE : array;
  let alignment = rowAlignment(dim);
  if (!matmul && pitch > array) alignment = commonAlignment(alignment, min(array, LINE));
  const lines = requestLines(width, request, alignment);
  store<f64>(record, matmul ? load<f64>(record, REQUESTS) : load<f64>(record, BLOCKS), OUTPUT_COMMANDS);
  store<f64>(record, lines, OUTPUT_LINES);
  store<f64>(record, missLines(width, pitch, lines), OUTPUT_MISS_LINES);
  store<f64>(record, requestBeats(width, request, alignment), OUTPUT_BEATS);
}
