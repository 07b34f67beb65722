// 体的画面：每个通道一片格子，轴测投影，一片叠在一片后面。拖动就转，点一下就选。
import { assign, clamp, frame, onKeys, pathOf, pixelGrid, range, svg } from "../drawing/index.js";

const MARGIN = { top: 0, right: 0, bottom: 0, left: 0 };
const STILL = 4;

const radians = (degrees) => (degrees * Math.PI) / 180;

// （右，下，里）投影成（右，下）：先绕竖直的轴转 yaw 度，再俯视 pitch 度。
export function projector(yaw, pitch) {
  const [a, b] = [radians(yaw), radians(pitch)];
  const right = [Math.cos(a), 0, Math.sin(a)];
  const down = [Math.sin(a) * Math.sin(b), Math.cos(b), -Math.cos(a) * Math.sin(b)];
  const dot = (u, v) => u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
  return (point) => [dot(right, point), dot(down, point)];
}

// 拖动是转，不动就松手是点。手指竖着走时，页面照样滚动。
function onTurnOrTap(plot, node, { onTurn, onTap }) {
  let last = null;
  let moved = false;
  const release = () => {
    last = null;
  };
  node.addEventListener("pointerdown", (event) => {
    [last, moved] = [[event.clientX, event.clientY], false];
    node.setPointerCapture(event.pointerId);
  });
  node.addEventListener("pointermove", ({ pointerType, clientX, clientY }) => {
    if (!last) return;
    const [dx, dy] = [clientX - last[0], clientY - last[1]];
    if (!moved && Math.hypot(dx, dy) < STILL) return;
    if (!moved && pointerType === "touch" && Math.abs(dy) > Math.abs(dx)) return release();
    [last, moved] = [[clientX, clientY], true];
    onTurn(-dx / 2, dy / 2);
  });
  node.addEventListener("pointerup", (event) => {
    if (last && !moved) onTap(...plot.position(event));
    release();
  });
  node.addEventListener("pointercancel", release);
  onKeys(node, (dx, dy) => onTurn(5 * dx, 5 * dy));
}

const gridOf = ([top, bottom, left, right]) =>
  range(top, bottom + 1).map((y) => `M${left} ${y}H${right}`).join("") +
  range(left, right + 1).map((x) => `M${x} ${top}V${bottom}`).join("");

// 一片：side×side 格。转动只改变它的变换矩阵；chosen 时 box 里的格子亮，其余的淡。
function sheet(side, faint, ink) {
  const node = svg("g");
  const layer = (tag, name) => node.appendChild(svg(tag, { class: name }));
  assign(layer("rect", "live-card"), { width: side, height: side });
  const back = layer("rect", "live-back");
  const paint = pixelGrid(layer("g", "live-tiles"));
  const lines = layer("path", "live-tile-lines");
  return {
    node,
    draw(matrix, values, box, chosen) {
      const [top, bottom, left, right] = box;
      const lit = (row, column) =>
        chosen && row >= top && row < bottom && column >= left && column < right;
      const tiles = values.flatMap((line, row) =>
        line.map((value, column) => [value, lit(row, column) ? 1 : faint]),
      );
      const visibility = chosen ? "visible" : "hidden";
      assign(node, { transform: `matrix(${matrix.map((entry) => entry.toFixed(4)).join(" ")})` });
      assign(back, { x: left, y: top, width: right - left, height: bottom - top, visibility });
      assign(lines, { d: gridOf(box), visibility });
      paint(tiles, 1, ([value, strength]) => {
        const [name, share] = ink(value);
        return [name, share * strength];
      });
    },
  };
}

// 能转动的一块地方；读屏软件听到的是两个角度。
const turntable = (label, [least, most]) =>
  svg("rect", {
    class: "live-turn",
    role: "slider",
    tabindex: 0,
    "aria-label": `${label}，转动`,
    "aria-orientation": "vertical",
    "aria-roledescription": "视角",
    "aria-valuemin": least,
    "aria-valuemax": most,
  });

// 一个 channels×side×side 的体；shade(channel) 给出一格的颜色与浓淡。
export function volumePanel(parent, facts, { label, channels, side, shade, onTurn, onPick }) {
  const depthOf = (channel) => (channel - (channels - 1) / 2) * facts.gap;
  const plot = frame(parent, { label, caption: label, margin: MARGIN });
  const scene = plot.add("g", "live-volume");
  const sheets = range(0, channels).map((channel) => sheet(side, facts.faint, shade(channel)));
  scene.append(...sheets.map(({ node }) => node).reverse());
  const line = (name) => scene.appendChild(svg("path", { class: name }));
  const [edges, beam] = [line("live-edges"), line("live-beam")];
  const words = [`高 ${side}`, `宽 ${side}`, `通道 ${channels}`].map((text) =>
    scene.appendChild(svg("text", { "text-anchor": "middle" }, text)),
  );
  const surface = turntable(label, facts.limits.pitch);
  plot.overlay.append(surface);
  const ends = [depthOf(0), depthOf(channels - 1)];
  let size, unit, project;
  let front = 0;
  const point = (column, row, depth) =>
    project([column - side / 2, row - side / 2, depth]).map((value) => value * unit);

  // 一片的变换矩阵：格子的横边、竖边（投影之后还是竖的）与左上角。
  function matrixOf(channel) {
    const corner = point(0, 0, depthOf(channel));
    const [across, below] = [project([1, 0, 0]), project([0, 1, 0])];
    return [...across, ...below].map((value) => value * unit).concat(corner);
  }

  onTurnOrTap(plot, surface, {
    onTurn,
    onTap(px, py) {
      const [a, b, , d, x, y] = matrixOf(front);
      const column = (px - size.width / 2 - x) / a;
      const row = (py - size.height / 2 - y - b * column) / d;
      const inside = Math.min(row, column) >= 0 && Math.max(row, column) < side;
      if (inside) onPick(Math.floor(row), Math.floor(column));
    },
  });

  // 长方体从前到后的四条棱。
  function ridges([top, bottom, left, right], depths) {
    const corners = [top, bottom].flatMap((row) => [left, right].map((column) => [column, row]));
    return corners.map((corner) => pathOf(depths.map((depth) => point(...corner, depth)))).join("");
  }

  // 写在轮廓外面：高在左，宽在下，通道在右下的棱边。
  function drawWords() {
    const places = [
      [point(0, side / 2, ends[0]), [-22, 4]],
      [point(side / 2, side, ends[0]), [-6, 18]],
      [point(side, side, 0), [20, 18]],
    ];
    words.forEach((word, k) => {
      const [[x, y], [dx, dy]] = places[k];
      assign(word, { x: (x + dx).toFixed(1), y: (y + dy).toFixed(1) });
    });
  }

  return {
    layout(width) {
      size = plot.resize(width, clamp(Math.round(width * 0.86), 240, 330));
      unit = Math.min(size.width, size.height) / (2 * facts.radius);
      assign(scene, { transform: `translate(${size.width / 2} ${size.height / 2})` });
      assign(surface, { width: size.width, height: size.height });
    },
    // values 是 [channels][side][side]；box 是选中的一块，chosen 说哪几片选中了，picked 是点得到的一片。
    draw(values, { box, chosen, picked, yaw, pitch }) {
      project = projector(yaw, pitch);
      front = picked;
      sheets.forEach((one, c) => one.draw(matrixOf(c), values[c], box, chosen(c)));
      const depths = range(0, channels).filter(chosen).map(depthOf);
      assign(edges, { d: ridges([0, side, 0, side], ends) });
      assign(beam, { d: ridges(box, [depths[0], depths.at(-1)]) });
      drawWords();
      assign(surface, {
        "aria-valuenow": pitch,
        "aria-valuetext": `转 ${Math.round(yaw)}°，俯视 ${Math.round(pitch)}°`,
      });
    },
  };
}
