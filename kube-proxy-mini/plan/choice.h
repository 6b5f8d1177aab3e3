/*
 * choice - which endpoints of a port clients may reach, by their flags.
 *
 * Ready endpoints, limited by hints of node or zone when all have them; when
 * none is ready, those that still serve while they terminate.
 */
#ifndef KEELSON_PROXY_CHOICE_H
#define KEELSON_PROXY_CHOICE_H

#include <stdbool.h>
#include <stdint.h>

/* Of the cluster, and of this node alone. */
enum plan_view { PLAN_CLUSTER, PLAN_LOCAL, PLAN_VIEWS };

/* How many endpoints of a port have what the choice depends on. */
struct choice_counts {
	uint32_t ready, leaving, local_ready;
	uint32_t node_ours, no_node, zone_ours, no_zone; /* hints; of ready */
};

/* Add an endpoint with these flags `by` times. */
void choice_count(struct choice_counts *c, uint8_t flags, int by);

/* Which flags an endpoint of a view must have, and which of them not. */
struct choice_filter {
	uint8_t must, must_not;
};

struct choice {
	struct choice_filter filter[PLAN_VIEWS];
	bool has_any;
};

struct choice choice_make(const struct choice_counts *c);
bool choice_passes(uint8_t flags, struct choice_filter f);

#endif
