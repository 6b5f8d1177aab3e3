/*
 * family - what is counted of a Service in one address family.
 */
#ifndef KEELSON_PROXY_FAMILY_H
#define KEELSON_PROXY_FAMILY_H

#include <stdbool.h>
#include <stdint.h>

struct plan_family {
	bool is_served;           /* the Service has addresses of it */
	uint32_t local_endpoints; /* ready ones on this node */
	/* externalTrafficPolicy / internalTrafficPolicy Local, none local */
	bool lacks_local_external, lacks_local_internal;
};

#endif
