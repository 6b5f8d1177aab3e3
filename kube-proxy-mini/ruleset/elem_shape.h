/*
 * elem_shape - of which fields the key and the data of each set consist.
 */
#ifndef KEELSON_PROXY_ELEM_SHAPE_H
#define KEELSON_PROXY_ELEM_SHAPE_H

#include "kube-proxy-mini/ruleset/sets.h"

enum elem_shape {
	SHAPE_ADDRESS_PORT, /* ip . proto . port */
	SHAPE_SLOT,         /* group . slot */
	SHAPE_ID,
	SHAPE_ADDRESS,
	SHAPE_TWICE, /* ip . ip */
	SHAPE_RANGE, /* list . clients */
	SHAPE_NONE,
	SHAPE_SERVICE,  /* masquerade . class . group */
	SHAPE_ENDPOINT, /* ip . port */
	SHAPE_ZERO_ID,  /* 0 . id */
};

struct elem_shapes {
	enum elem_shape key, data;
};
extern const struct elem_shapes elem_shapes[RULESET_SETS];

#endif
