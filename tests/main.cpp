// The main function of every test executable: compiled once, because it takes as long as all other tests together.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
