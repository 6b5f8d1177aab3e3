/*
 * gather - what is known of an image or a program, put into the model of its
 * page (sbom/page/page.h).
 *
 * The image itself says what is in it, its SBOM what its files come from, and
 * the evidence of the build, where there is some, what programs are made of.
 */
#ifndef KEELSON_IMAGES_REPORT_GATHER_H
#define KEELSON_IMAGES_REPORT_GATHER_H

#include "images/report/gathering.h"

/*
 * Fill the page.  Everything that *g points to must outlive it; close *g in
 * either case. 0 or -1.
 */
int gather(struct gather *g, struct page *out, struct err *e);
void gather_close(struct gather *g);

#endif
