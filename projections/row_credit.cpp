#include "projections/row_credit.hpp"

namespace chancery {

const RowCredit row_credit{16, 1'024, 1U << 17U};

}  // namespace chancery
