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

struct choice {
	uint8_t must[PLAN_VIEWS]; /* flags that an endpoint of it has; 0: none
				   */
	bool has_any;
};

/* Of two endpoints with one address and port the one of higher rank counts. */
unsigned int choice_rank(uint8_t flags);

struct choice choice_make(const struct choice_counts *c);

/* Asked several times for each endpoint. */
static inline bool choice_passes(uint8_t flags, uint8_t must)
{
	return must && (flags & must) == must;
}

#endif
