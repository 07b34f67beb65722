// 下山的路。
// v ← μv − αg，x ← x + v；μ = 0 就是梯度下降。发散时照样走完。
export function trajectory({ loss, grad }, { start, lr, mu, steps }) {
  let [x, y] = start;
  let [vx, vy] = [0, 0];
  const path = { x: [[x, y]], v: [[0, 0]], loss: [loss(x, y)] };
  for (let n = 0; n < steps; n++) {
    const [gx, gy] = grad(x, y);
    vx = mu * vx - lr * gx;
    vy = mu * vy - lr * gy;
    x += vx;
    y += vy;
    path.x.push([x, y]);
    path.v.push([vx, vy]);
    path.loss.push(loss(x, y));
  }
  return path;
}
