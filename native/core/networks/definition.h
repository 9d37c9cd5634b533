#pragma once

#include <cstddef>
#include <functional>
#include <vector>

/// What blocks are, in double precision and plain loops: the fast code of every backend is held against it. Each kind of
/// block has, in blocks/<kind>_definition.h,
///
///     Numbers forward(block, parameters, x, mask, factor)
///     Numbers backward(block, parameters, x, mask, factor, ∂loss/∂y, gradient)     adds to the gradient, returns ∂loss/∂x
///
/// for one row x. Both read of the block its shape and not its parameters.
namespace caloscope::definition {

using Numbers = std::vector<double>;
/// The parameters of a block, or something for each, in the order of its for_each_tensor.
using Tensors = std::vector<Numbers>;
/// What dropout multiplies a column of the block's output with.
using Mask = std::function<double(std::size_t column)>;
/// What becomes of both factors of every product: what the precision makes of them.
using Rounding = double (*)(double);

}  // namespace caloscope::definition
