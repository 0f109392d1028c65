package dev.gatun;

import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ViewPlan plans} of a module, each made when an interface is first bound. They are stored with the
 * interfaces, so that the module keeps no class from being unloaded, and go with the module.
 */
final class Views {
  /** Where the plan of one interface is. */
  private static final class Place {
    @Nullable ViewPlan plan;
  }

  private final ClassValue<Place> places =
      new ClassValue<>() {
        @Override
        protected Place computeValue(Class<?> type) {
          return new Place();
        }
      };

  /**
   * The view of an instance.
   *
   * @param lookup by which the interface can be seen, or null for the engine's own
   */
  <T> T view(Instance instance, MethodHandles.@Nullable Lookup lookup, Class<T> type) {
    Place place = places.get(type);
    ViewPlan plan;
    synchronized (place) {
      plan = place.plan;
      if (plan == null) {
        plan = new ViewBinding(instance.module(), type).plan(lookup);
        place.plan = plan;
      }
    }
    return type.cast(plan.view(instance));
  }
}
