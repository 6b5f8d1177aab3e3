/*
 * view - one address of a Service as --show prints it: as lines for people,
 * or as JSON for programs.  Pure.
 */
#ifndef KEELSON_PROXY_SHOW_VIEW_H
#define KEELSON_PROXY_SHOW_VIEW_H

#include "kube-proxy-mini/ruleset/elem.h"
#include "lib/base/json.h"

/* Where packets of some clients go. */
struct show_target {
	const char *side; /* "inside", "outside": where clients are */
	uint32_t slots;   /* or CLASS_REJECT, CLASS_DROP */
	const struct elem *ends;
	size_t n_ends; /* 0 when they were not read */
};

struct view {
	const char *comment; /* "namespace/name:port" */
	const struct elem *at;
	uint32_t affinity_s;           /* 0: none */
	const struct elem *ranges;     /* loadBalancerSourceRanges */
	size_t n_ranges;               /* 0: all clients are let in */
	struct show_target targets[2]; /* the second where outside differs */
	size_t n_targets;
};

/* Several lines: everything. */
void view_text(const struct view *v, struct buf *out);

/* One line, without endpoints. */
void view_line(const struct view *v, struct buf *out);

/* A JSON object; with endpoints when is_whole. */
void view_json(const struct view *v, bool is_whole, struct json_out *out);

#endif
