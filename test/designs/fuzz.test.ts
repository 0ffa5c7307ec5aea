import { fuzzReaders } from "./fuzz.ts";

fuzzReaders(0.1);
