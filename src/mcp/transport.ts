import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import {
  deserializeMessage,
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  serializeMessage,
  type Transport,
} from "@modelcontextprotocol/server";

/** The codes of JSON-RPC 2.0. */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;

/**
 * Messages as lines, read and written. Unlike the SDK's own, which drops what is under way when its input ends, this one closes
 * only after the last answer; and a line that is no message is answered with an error.
 */
export class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** Resolves when the transport is closed: by the end of its input, once all is answered, or by `close`. */
  readonly closed: Promise<void>;
  readonly #stdin: Readable;
  readonly #stdout: Writable;
  /** Requests without an answer. */
  readonly #open = new Set<string | number>();
  #lines: Interface | undefined;
  #ended = false;
  #resolve: (() => void) | undefined;

  constructor(stdin: Readable, stdout: Writable) {
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.closed = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  start(): Promise<void> {
    this.#lines = createInterface({ input: this.#stdin, crlfDelay: Number.POSITIVE_INFINITY });
    this.#lines.on("line", (line) => this.#read(line));
    this.#lines.on("close", () => {
      this.#ended = true;
      this.#closeWhenDone();
    });
    this.#stdin.on("error", (error) => this.onerror?.(error));
    return Promise.resolve();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    await this.#write(serializeMessage(message));
    if ("id" in message && !("method" in message)) this.#settle(message.id);
  }

  close(): Promise<void> {
    if (this.#resolve) {
      this.#resolve();
      this.#resolve = undefined;
      this.#open.clear();
      this.#lines?.close();
      this.onclose?.();
    }
    return Promise.resolve();
  }

  #read(line: string): void {
    let message: JSONRPCMessage;
    try {
      message = deserializeMessage(line);
    } catch (error) {
      if (line.trim() !== "") this.#refuse(error instanceof SyntaxError);
      return;
    }
    // A subscription lasts until the end of the input, and so is nothing to wait for.
    if (isJSONRPCRequest(message) && message.method !== "subscriptions/listen") this.#open.add(message.id);
    this.onmessage?.(message);
    // What is cancelled is not answered.
    if (isJSONRPCNotification(message) && message.method === "notifications/cancelled")
      this.#settle(message.params?.["requestId"]);
  }

  #refuse(isNoJson: boolean): void {
    const [code, message] = isNoJson ? [PARSE_ERROR, "Parse error"] : [INVALID_REQUEST, "Invalid Request"];
    const answer = { jsonrpc: "2.0", id: null, error: { code, message } };
    this.#write(`${JSON.stringify(answer)}\n`).catch((error: unknown) => this.onerror?.(error as Error));
  }

  #write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stdout.write(text, (error) => (error ? reject(error) : resolve()));
    });
  }

  #settle(id: unknown): void {
    this.#open.delete(id as string | number);
    this.#closeWhenDone();
  }

  #closeWhenDone(): void {
    if (this.#ended && this.#open.size === 0) void this.close();
  }
}
