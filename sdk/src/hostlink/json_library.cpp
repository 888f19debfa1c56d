// Boost.JSON as part of this library: Debian's headers, without a shared library of its own.
#include <boost/json/src.hpp>
