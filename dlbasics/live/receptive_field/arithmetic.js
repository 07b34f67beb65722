// 一摞一维的层：每层有几个神经元，在输入的哪里，够得着谁。
import { convOutputSize } from "../arithmetic/convolution.js";

// 一层是 [kernel, stride] 或 [kernel, stride, "pool"]。
export const receptiveField = (layers) => levelsOf(layers, 1).at(-1).field;

export const jumpOf = (layers) => layers.reduce((jump, [, stride]) => jump * stride, 1);

// 画出顶层的几个神经元：输入不超过 widest 个像素，神经元不超过 limits.neuron。
export const neuronsShown = (layers, { widest, limits }) =>
  Math.min(
    limits.neuron[1],
    Math.floor((widest - receptiveField(layers)) / jumpOf(layers)) + 1,
  );

// 从输入到顶层：一个神经元的感受野，相邻两个的间距，第一个的位置，一共几个。
export function levelsOf(layers, count) {
  let [field, jump, offset] = [1, 1, 0];
  const levels = [{ field, jump, offset }];
  for (const [kernel, stride] of layers) {
    field += (kernel - 1) * jump;
    offset += ((kernel - 1) / 2) * jump;
    jump *= stride;
    levels.push({ field, jump, offset });
  }
  levels[0].count = field + (count - 1) * jump;
  layers.forEach(([kernel, stride], k) => {
    levels[k + 1].count = convOutputSize(levels[k].count, kernel, stride);
  });
  return levels;
}

// 顶层的一个神经元到下面各层的神经元有几条路；0 表示够不着。
export function paths(layers) {
  const found = [[1]];
  for (const [kernel, stride] of [...layers].reverse()) {
    const below = Array((found[0].length - 1) * stride + kernel).fill(0);
    found[0].forEach((ways, k) => {
      for (let j = 0; j < kernel; j++) below[k * stride + j] += ways;
    });
    found.unshift(below);
  }
  return found;
}

// 卷积层的权重个数，每层 channels 个通道进、channels 个出，不计偏置；汇聚没有权重。
export const weightsOf = (layers, channels) =>
  layers.reduce((total, [kernel, , pool]) => total + (pool ? 0 : kernel ** 2), 0) * channels ** 2;
