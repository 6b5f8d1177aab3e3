/*
 * gather_parts - the parts of a page, each filled by the file of its name.
 */
#ifndef KEELSON_IMAGES_REPORT_GATHER_PARTS_H
#define KEELSON_IMAGES_REPORT_GATHER_PARTS_H

#include "images/report/gathering.h"

/* In this order, because later ones look at earlier ones.  0 or -1. */
int gather_programs(struct gather *g, struct err *e);
int gather_untraced(struct gather *g, struct err *e);
int gather_checks(struct gather *g, struct page_program *to,
	const struct gather_program *from, struct err *e);
int gather_packages(struct gather *g, struct err *e);
int gather_patches(struct gather *g, struct err *e);
int gather_origin(struct gather *g, struct err *e);
int gather_verdicts(struct gather *g, struct err *e);
int gather_image(struct gather *g, struct err *e);
int gather_signatures(struct gather *g, struct err *e);
int gather_commands(struct gather *g, struct err *e);

#endif
