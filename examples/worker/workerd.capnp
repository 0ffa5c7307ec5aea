# The bundled worker on a free port of this machine, without wrangler:
#
#   esbuild examples/worker/worker.js --bundle --format=esm --minify --conditions=workerd --loader:.wasm=copy
#     --asset-names=[name] --outdir=out && cp examples/worker/workerd.capnp out && workerd serve out/workerd.capnp
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "predictions", worker = .predictions)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "predictions")],
);

const predictions :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "starlight.wasm", wasm = embed "starlight.wasm"),
  ],
  compatibilityDate = "2025-01-01",
);
