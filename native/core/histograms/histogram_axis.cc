#include "core/histograms/histogram_axis.h"

#include <cmath>
#include <string>
#include <utility>

#include "core/run/error.h"

namespace caloscope {
namespace {

void check_edges(const std::vector<double>& edges, const char* remedy) {
  if (edges.size() < 2) throw Error(ErrorCode::argument, "an axis needs at least two edges");
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (!std::isfinite(edges[i]) || (i > 0 && !(edges[i - 1] < edges[i]))) {
      throw Error(ErrorCode::argument, std::string("axis edges must be finite and rise strictly: edge ") +
                                           std::to_string(i) + " is not above the one before; " + remedy);
    }
  }
}

}  // namespace

HistogramAxis::HistogramAxis(Kind kind, std::size_t bins, double lower, double upper, UpperEdge upper_edge)
    : kind_(kind), upper_edge_(upper_edge), bins_(bins), lower_(lower), upper_(upper) {
  if (bins < 1 || bins > 100'000'000) throw Error(ErrorCode::argument, "an axis needs 1 to 100000000 bins");
  if (!(lower < upper) || !std::isfinite(upper - lower)) {
    throw Error(ErrorCode::argument, "the lower end of an axis must be below the upper one, and their distance finite");
  }
}

HistogramAxis HistogramAxis::regular(std::size_t bins, double lower, double upper, UpperEdge upper_edge) {
  return {Kind::regular, bins, lower, upper, upper_edge};
}

HistogramAxis HistogramAxis::logarithmic(std::size_t bins, double lower, double upper, UpperEdge upper_edge) {
  HistogramAxis axis(Kind::logarithmic, bins, lower, upper, upper_edge);
  if (!(lower > 0)) throw Error(ErrorCode::argument, "the lower end of a logarithmic axis must be above 0");
  axis.edges_ = axis.edges();
  check_edges(axis.edges_, "there are more bins than numbers in the range, use fewer");
  return axis;
}

HistogramAxis HistogramAxis::variable(std::vector<double> edges, UpperEdge upper_edge) {
  check_edges(edges, "sort the edges and remove duplicates");
  HistogramAxis axis(Kind::variable, edges.size() - 1, edges.front(), edges.back(), upper_edge);
  axis.edges_ = std::move(edges);
  return axis;
}

std::vector<double> HistogramAxis::edges() const {
  if (!edges_.empty()) return edges_;
  const bool logarithmic = kind_ == Kind::logarithmic;
  const double first = logarithmic ? std::log(lower_) : lower_;
  const double last = logarithmic ? std::log(upper_) : upper_;
  std::vector<double> result(bins_ + 1);
  for (std::size_t i = 1; i < bins_; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(bins_);
    const double position = (1 - t) * first + t * last;
    result[i] = logarithmic ? std::exp(position) : position;
  }
  result.front() = lower_;
  result.back() = upper_;
  return result;
}

bool HistogramAxis::operator==(const HistogramAxis& other) const {
  const bool regular = kind_ == Kind::regular;
  return regular == (other.kind_ == Kind::regular) && upper_edge_ == other.upper_edge_ && bins_ == other.bins_ &&
         lower_ == other.lower_ && upper_ == other.upper_ && edges_ == other.edges_;
}

}  // namespace caloscope
