// Lets the search of the site work when its pages are opened as files: browsers refuse workers to such pages. The worker's
// script runs in a frame instead. Without this file, the generator would load one from a foreign server.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    #frame = document.createElement("iframe");
    #ready;

    constructor(url) {
      super();
      this.#frame.hidden = true;
      document.body.append(this.#frame);
      const inner = this.#frame.contentWindow;
      inner.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      const script = inner.document.createElement("script");
      this.#ready = new Promise((loaded, failed) => Object.assign(script, { onload: loaded, onerror: failed, src: url }));
      inner.document.body.append(script);
    }

    async postMessage(data) {
      await this.#ready;
      this.#frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }));
    }

    terminate() {
      this.#frame.remove();
    }
  };
}
