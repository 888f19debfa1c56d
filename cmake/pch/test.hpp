// The same for a test program.
#pragma once

#include "library.hpp"

#include <gtest/gtest.h>
