#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/learners/dense_rows.h"
#include "core/networks/network.h"
#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// An affine map of dense columns onto their principal axes, each in units of its width: y = Mᵀ(x − centre), held to
/// ±clip. Columns one by one hide what is narrow: E_dep/E_inc of a calorimeter has a width of 0.3 %, and the energies
/// span decades. Axes come from the widest to the narrowest. Columns that never change, or that follow from others,
/// leave fewer directions than columns.
struct Whitening {
  /// Width over that of the widest below which a direction counts as narrow: columns one by one do not show it.
  static constexpr double narrow = 0.1;

  std::vector<double> centre;          ///< one a column
  std::vector<double> matrix;          ///< columns × directions: the entries of one column lie together, as in LinearLayer
  std::vector<double> relative_width;  ///< one a direction: its singular value over the largest, from 1 down
  double clip = 5;

  std::uint32_t columns() const { return static_cast<std::uint32_t>(centre.size()); }
  std::uint32_t directions() const { return static_cast<std::uint32_t>(relative_width.size()); }
  /// The narrow directions are those from here on.
  std::uint32_t first_narrow() const;

  /// `directions()` numbers from `columns()`.
  void apply(const float* row, double* out) const;
  /// The same for many rows, rows × directions.
  std::vector<float> apply(const DenseRows& rows, const TileRunner& run_tiles, const JobControl& control) const;

  /// Throws Error(classifier) where sizes do not fit, Error(non_finite).
  void validate() const;

  /// Calls `visit(name, shape, values)` with every array, for those who save, hash and check them.
  template <class Visit>
  void for_each_tensor(const Visit& visit) const {
    walk(*this, visit);
  }
  template <class Visit>
  void for_each_tensor(const Visit& visit) {
    walk(*this, visit);
  }

 private:
  template <class Self, class Visit>
  static void walk(Self& self, const Visit& visit) {
    const std::vector<std::size_t> in{self.centre.size()};
    const std::vector<std::size_t> out{self.relative_width.size()};
    visit("whitening.centre", in, std::span(self.centre));
    visit("whitening.matrix", std::vector<std::size_t>{in[0], out[0]}, std::span(self.matrix));
    visit("whitening.relative_width", out, std::span(self.relative_width));
    visit("whitening.clip", std::vector<std::size_t>{1}, std::span(&self.clip, 1));
  }
};

/// From the rows of both samples together. `standardisation` (fit_standardisation of the same rows) gives each column
/// its robust centre and scale first; a row with a value more than five widths out then counts the less for it, as a
/// whole, so that columns which follow from others still do. Every direction that is kept has unit variance over the
/// rows so counted. Those with a singular value below 1e-6 of the largest are dropped as rounding, and so are those no
/// wider than float32 resolves the columns along them. The same bits for any number of threads.
/// Throws Error(too_few_rows) without a row, Error(shape) where the standardisation is of fewer columns.
Whitening fit_whitening(const DenseRows& rows, const Standardisation& standardisation, const TileRunner& run_tiles,
                        const JobControl& control);

}  // namespace caloscope
