/*
 * cri_told - what CRI's ContainerStatus says of a container, as far as an
 * archive keeps it.
 *
 * Pure.  All texts lie in the arena given; a message that cannot be read
 * leaves nothing told.  Field numbers are those of k8s.io/cri-api
 * pkg/apis/runtime/v1/api.proto.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_CRI_TOLD_H
#define CHECKPOINT_AGENT_RESOLVE_CRI_TOLD_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define CRI_PAIRS_MAX 256 /* labels, or annotations, of a container */

struct cri_pair {
	const char *key;
	struct str value;
};

/* Sorted by key. */
struct cri_pairs {
	struct cri_pair *item;
	size_t n;
};

struct cri_told {
	const char *image_ref; /* NAME@DIGEST; "" when it has none */
	const char *log_path;  /* on the node; "" when there is no log */
	uint32_t attempt;      /* how often the kubelet has made it anew */
	int64_t created_ns;    /* since 1970; 0 when not known */
	int64_t started_ns;
	struct cri_pairs labels, annotations;
};

struct cri_told cri_told_nothing(void);

/*
 * Read a ContainerStatusResponse.  An image is named NAME@DIGEST when it came
 * from a registry; without '@' it is an id, under which none can be pulled.
 * Errors: ERR_INPUT a torn message; ERR_LIMIT too many labels.
 */
int cri_told_read(struct str message, struct arena *a, struct cri_told *out,
	struct err *e);

/* The value of this key, or NULL. */
const struct str *cri_told_find(const struct cri_pairs *p, const char *key);

#endif
