#include "core/toys/toy_spots.h"

namespace caloscope {

SpotSource::SpotSource(const ToyGeometry& geometry, const RadialProfile& radial, double mean_energy, double stretch) {
  const double cut = geometry.largest_radius * geometry.largest_radius;
  const double mm = geometry.medium.moliere_radius_mm * stretch;
  core_energy_ = mean_energy * radial.core_weight / (1 - geometry.tail_spots);
  core_radius_ = radial.core * mm;
  core_largest_u_ = cut / (cut + radial.core * radial.core);
  tail_smallest_v_ = radial.tail / std::sqrt(cut + radial.tail * radial.tail);
  // 2v / (1 + v_min) is the ratio of the profile's density to the density of the spots; its mean is 1.
  tail_energy_ = mean_energy * (1 - radial.core_weight) / geometry.tail_spots * 2 / (1 + tail_smallest_v_);
  tail_radius_ = radial.tail * mm;
}

LayerFace::LayerFace(const ToyGeometry& geometry, const ToyLayer& layer)
    : cylindrical_(geometry.cylindrical),
      rows_(static_cast<double>(layer.rows)),
      columns_(static_cast<double>(layer.columns)),
      rows_per_mm_(rows_ / (2 * geometry.half_width)),
      columns_per_mm_(columns_ / (cylindrical_ ? geometry.half_width : 2 * geometry.half_width)) {}

}  // namespace caloscope
