/*
 * class - a number that says how an endpoint is chosen: among how many slots,
 * with affinity of what timeout, for clients inside or outside.
 *
 * Addresses map to a class, and the map `classes` leads from there to the
 * chain that chooses.  Up to CLASS_EXACT endpoints, each count is a class of
 * its own.  Above, counts share a class whose slots exceed the endpoints by up
 * to an eighth; a choice that hits an empty slot is repeated.  So adding an
 * endpoint to a large Service seldom changes its class.
 *
 * Clients on this node are refused where kube-proxy refuses them: at a NodePort
 * without endpoints only on the way in, so that a datagram can be sent and is
 * answered by ICMP (ECONNREFUSED), not stopped on the way out (EPERM).
 *
 * Bits 0 to 15 are the slots, 16 to 30 the index of the timeout (0: no
 * affinity), 31 is set for clients outside.
 */
#ifndef KEELSON_PROXY_CLASS_H
#define KEELSON_PROXY_CLASS_H

#include <stdbool.h>
#include <stdint.h>

#define CLASS_EXACT        16
#define CLASS_SLOTS_MAX    65535
#define CLASS_REJECT       0u      /* instead of slots: no endpoint at all */
#define CLASS_DROP         0xffffu /* instead of slots: none on this node */
#define CLASS_OUTSIDE      0x80000000u
#define CLASS_AT_INPUT     1u /* instead of a timeout: rejects on the way in */
#define CLASS_TIMEOUTS_MAX 17 /* distinct timeouts in one table, and none */

/* The slots of the class for n endpoints (1 to CLASS_SLOTS_MAX). */
uint32_t class_slots_for(uint32_t n);

/* The fewest endpoints for which a class has that many slots. */
uint32_t class_fewest(uint32_t slots);

uint32_t class_make(uint32_t slots, uint32_t timeout, bool is_outside);
uint32_t class_slots(uint32_t class);
uint32_t class_timeout(uint32_t class);
bool class_is_outside(uint32_t class);

/* Does it choose an endpoint?  If not, it rejects or drops. */
bool class_has_chain(uint32_t class);

/* The class of the next larger or smaller slots; itself when there is none. */
uint32_t class_neighbour(uint32_t class, bool is_larger);

#endif
