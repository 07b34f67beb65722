/* 页面这一边：要用时才叫起 Python，看着它，停不下来就换一个新的。 */
const stopped = (seconds) => `停下了　算了 ${seconds} 秒还没有算完：循环是不是停不下来？答案还在，改好再检查。`;
const BY_HAND = "停下了　还没有检查完，你就停下了它。答案还在。";
const BROKEN = "停下了　Python 出了它自己也收拾不了的错，多半是内存用完了。答案还在，改好再检查。";

export class Python {
  constructor(settings, here) {
    Object.assign(this, { settings, here, worker: null, ready: null, job: null });
  }

  /** 开一个新的线程，读进 Python；progress(已有, 共有) 单位是字节。 */
  start(progress = () => {}) {
    if (this.ready) return this.ready;
    const worker = new Worker(new URL("worker.js", this.here));
    this.worker = worker;
    this.ready = new Promise((resolve, reject) => {
      const fail = (text) => {
        if (this.worker !== worker) return;
        if (this.job) this.stop(BROKEN);
        else {
          this.drop();
          reject(new Error(text));
        }
      };
      worker.onerror = (event) => (event.preventDefault?.(), fail(event.message ?? "线程没有起来"));
      worker.onmessage = ({ data }) => {
        if (data.kind === "progress") progress(data.done, data.total);
        else if (data.kind === "loaded") progress(1, 1);
        else if (data.kind === "ready") resolve();
        else if (data.kind === "broken") fail(data.text);
        else this.hear(data);
      };
    });
    const { base, version, files, packages } = this.settings;
    worker.postMessage({ kind: "start", base, version, files, packages });
    return this.ready;
  }

  /** 检查一份答案：output(文字) 收它打印的字，返回 {text, passed, stopped}。 */
  check(task, handlers) {
    return this.ask({ kind: "check", ...task }, handlers);
  }

  /** 交给 Python 一件事；settings.seconds 秒还没有做完就停下，没有写就一直等。 */
  async ask(task, { progress, started, ...handlers }) {
    await this.start(progress);
    const { seconds } = this.settings;
    return new Promise((resolve) => {
      const timer = seconds && setTimeout(() => this.stop(stopped(seconds)), seconds * 1000);
      this.job = { ...handlers, resolve, timer };
      started();
      this.worker.postMessage(task);
    });
  }

  hear(data) {
    if (!this.job) return;
    if (data.kind === "output") this.job.output(data.text);
    if (data.kind === "picture") this.job.picture(data.png);
    if (data.kind === "verdict") this.finish({ text: data.text, passed: data.passed });
  }

  finish(result) {
    const { resolve, timer } = this.job;
    clearTimeout(timer);
    this.job = null;
    resolve(result);
  }

  drop() {
    this.worker?.terminate();
    this.worker = this.ready = null;
  }

  /** 读者按了停止。 */
  byHand() {
    if (this.job) this.stop(BY_HAND);
  }

  /** 不等了：丢掉这个线程，马上备好下一个。 */
  stop(text) {
    this.drop();
    if (this.job) this.finish({ text, passed: false, stopped: true });
    this.start().catch(() => {});
  }
}
