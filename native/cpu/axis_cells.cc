#include "cpu/axis_cells.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace caloscope {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::uint32_t guess(const EdgeCells& cells, double x) {
  return cells.guess == EdgeGuess::linear ? linear_guess(x, cells.lower, cells.scale, cells.last_guess)
                                          : bits_guess(x, cells.base, cells.shift, cells.last_guess);
}

/// The most edges that share a guess.
std::size_t most_together(const EdgeCells& cells, const std::vector<double>& edges) {
  std::size_t most = 0;
  for (std::size_t i = 0; i < edges.size();) {
    const std::uint32_t of_first = guess(cells, edges[i]);
    std::size_t end = i + 1;
    while (end < edges.size() && guess(cells, edges[end]) == of_first) ++end;
    most = std::max(most, end - i);
    i = end;
  }
  return most;
}

/// How many guesses are worth their memory: some for each edge, so that few share one, and no more than fit the cache.
std::uint32_t guess_count(std::size_t edges) {
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(std::bit_ceil(4 * edges), 64, 65536));
}

EdgeCells linear_cells(const std::vector<double>& edges) {
  const std::uint32_t guesses = guess_count(edges.size());
  EdgeCells cells{};
  cells.guess = EdgeGuess::linear;
  cells.last_guess = guesses - 1;
  cells.lower = edges.front();
  cells.scale = guesses / (edges.back() - edges.front());
  return cells;
}

EdgeCells bits_cells(const std::vector<double>& edges) {
  EdgeCells cells{};
  cells.guess = EdgeGuess::bits;
  cells.base = leading_bits(edges.front());
  const auto range = static_cast<std::uint32_t>(leading_bits(edges.back())) - static_cast<std::uint32_t>(cells.base);
  const auto excess = std::bit_width(range) - std::bit_width(guess_count(edges.size()) - 1);
  cells.shift = static_cast<std::uint32_t>(std::max(0, static_cast<int>(excess)));
  cells.last_guess = range >> cells.shift;
  return cells;
}

}  // namespace

RegularCells AxisCells::regular(const HistogramAxis& axis, std::uint32_t stride, std::uint32_t nowhere) {
  RegularCells cells{};
  cells.lower = axis.lower();
  cells.width = axis.upper() - axis.lower();
  cells.bins = static_cast<double>(axis.bins());
  cells.closed_upper = axis.upper_edge() == UpperEdge::last_bin ? axis.upper() : -infinity;
  cells.scale = cells.bins / cells.width;
  cells.offset = 0.5 - axis.lower() * cells.scale;
  // Both x·scale + offset and int(z·bins) are off by a few roundings of their largest terms; 2^-48 is 32 of them.
  const double largest = std::max(std::abs(axis.lower()), std::abs(axis.upper())) * cells.scale;
  cells.margin = (largest + cells.bins + 1) * 0x1p-48;
  // Where numbers are too small, too large or too close for that, all rows are divided.
  if (!(cells.margin < 0.25) || cells.scale < 1e-280) cells.margin = 1;
  cells.stride = stride;
  cells.nowhere = nowhere;
  return cells;
}

AxisCells::Edges AxisCells::by_edges(const HistogramAxis& axis, std::uint32_t stride, std::uint32_t nowhere) {
  Edges result{{}, axis.edges(), {}};
  auto& edges = result.edges;
  if (axis.upper_edge() == UpperEdge::last_bin) edges.back() = std::nextafter(edges.back(), infinity);
  const EdgeCells linear = linear_cells(edges);
  const EdgeCells bits = bits_cells(edges);
  const std::size_t together_linear = most_together(linear, edges);
  const std::size_t together_bits = most_together(bits, edges);
  auto& cells = result.cells;
  cells = together_linear <= together_bits ? linear : bits;
  cells.steps = static_cast<std::uint32_t>(std::bit_width(std::min(together_linear, together_bits)));
  cells.stride = stride;
  cells.nowhere = nowhere;
  result.first.resize(cells.last_guess + std::size_t{1});
  for (const double edge : edges) {
    const std::size_t next = guess(cells, edge) + std::size_t{1};
    if (next < result.first.size()) ++result.first[next];
  }
  for (std::size_t g = 1; g < result.first.size(); ++g) result.first[g] += result.first[g - 1];
  edges.resize(edges.size() + (std::size_t{1} << cells.steps), std::numeric_limits<double>::quiet_NaN());
  return result;
}

AxisCells::AxisCells(const HistogramAxis& axis, std::uint32_t stride, std::uint32_t nowhere) {
  if (axis.kind() == HistogramAxis::Kind::regular) axis_ = regular(axis, stride, nowhere);
  else axis_ = by_edges(axis, stride, nowhere);
  if (auto* by_edge = std::get_if<Edges>(&axis_)) {
    by_edge->cells.edges = by_edge->edges.data();
    by_edge->cells.first = by_edge->first.data();
  }
}

void AxisCells::find(const FillKernels& kernels, const float* x, std::size_t rows, std::uint32_t* cells) const {
  if (const auto* regular = std::get_if<RegularCells>(&axis_)) kernels.regular_float(*regular, x, rows, cells);
  else kernels.edges_float(std::get<Edges>(axis_).cells, x, rows, cells);
}

void AxisCells::find(const FillKernels& kernels, const double* x, std::size_t rows, std::uint32_t* cells) const {
  if (const auto* regular = std::get_if<RegularCells>(&axis_)) kernels.regular_double(*regular, x, rows, cells);
  else kernels.edges_double(std::get<Edges>(axis_).cells, x, rows, cells);
}

}  // namespace caloscope
