#include "core/learners/dense_rows.h"

namespace caloscope {

DenseRows dense_rows(const FeatureTable& table) {
  return {table.scalars(), table.rows(), [&table](std::size_t row) { return table.scalars_of(row); }};
}

DenseRows dense_rows(const FeatureTable& table, std::span<const std::uint32_t> rows) {
  return {table.scalars(), rows.size(), [&table, rows](std::size_t place) { return table.scalars_of(rows[place]); }};
}

LabelledDenseRows dense_rows(const TrainingData& data, std::span<const std::uint32_t> rows) {
  return std::visit(
      [rows](const auto& kind) {
        LabelledDenseRows result{{kind.tables().front()->scalars(), rows.size(),
                                  [&kind, rows](std::size_t place) {
                                    return kind.table_of(rows[place]).scalars_of(kind.row_in_table(rows[place]));
                                  }},
                                 {}};
        result.label.reserve(rows.size());
        for (const std::uint32_t row : rows) result.label.push_back(kind.is_reference(row) ? 1 : 0);
        if (kind.weights.empty()) return result;
        for (const std::uint32_t row : rows) result.weight.push_back(kind.weight(row));
        return result;
      },
      data);
}

}  // namespace caloscope
