/*
 * show_view - one address of a Service as --show tells it, in two forms:
 * lines for people, JSON for programs.
 */
#ifndef KEELSON_PROXY_SHOW_VIEW_H
#define KEELSON_PROXY_SHOW_VIEW_H

#include "kube-proxy-mini/elem.h"
#include "lib/base/json.h"

/* Where packets go; without slots they are rejected or dropped. */
struct show_target {
	const char *side; /* "inside", "outside": where clients are */
	uint32_t slots;   /* or RULESET_CLASS_REJECT, RULESET_CLASS_DROP */
	const struct elem *ends;
	size_t n_ends; /* 0 where they were not asked for */
};

struct show_view {
	const char *comment; /* "namespace/name:port" */
	const struct elem *at;
	uint32_t affinity_s; /* 0: none */
	const struct elem
		*ranges; /* that clients must be of; n_ranges 0: any */
	size_t n_ranges;
	struct show_target targets[2]; /* the second where outside differs */
	size_t n_targets;
};

/* All of it. */
void show_view_text(const struct show_view *v, struct buf *out);

/* One line. */
void show_view_line(const struct show_view *v, struct buf *out);

/* An object; with the endpoints when is_whole. */
void show_view_json(
	const struct show_view *v, bool is_whole, struct json_out *out);

#endif
