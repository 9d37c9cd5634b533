#pragma once

// The definitions of all kinds of core/networks/block.h.
#include "core/networks/blocks/linear_definition.h"
