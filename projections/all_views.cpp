#include <fmt/format.h>
#include <fmt/ranges.h>

#include "projections/typed_view.hpp"
#include "projections/views/commitments.hpp"
#include "projections/views/correspondence.hpp"
#include "projections/views/envoys.hpp"
#include "projections/views/estimates.hpp"
#include "projections/views/flights.hpp"
#include "projections/views/licences.hpp"
#include "projections/views/lists.hpp"
#include "projections/views/missions.hpp"
#include "projections/views/parties.hpp"
#include "projections/views/prisoners.hpp"
#include "projections/views/relations.hpp"
#include "projections/views/sanctions.hpp"

namespace chancery {
namespace {

template <Projection... Ps>
std::vector<const View*> instances() {
  static const std::tuple<TypedView<Ps>...> views;
  return {&std::get<TypedView<Ps>>(views)...};
}

}  // namespace

const std::vector<const View*>& all_views() {
  static const std::vector<const View*> views =
      instances<Prisoners, Sanctions, Missions, Relations, Correspondence, Commitments, Licences, Estimates, Envoys,
                Parties, Flights, Lists>();
  return views;
}

Result<const View*> find_view(std::string_view name) {
  std::vector<std::string_view> names;
  for (const View* view : all_views()) {
    if (view->name() == name) return view;
    names.push_back(view->name());
  }
  return refused("view", chancery::quoted(name), fmt::format("{}", fmt::join(names, ", ")));
}

}  // namespace chancery
