/*
 * patches - the option --patch CVE=FILE of the subcommands that judge fixes.
 */
#ifndef KEELSON_IMAGES_CMD_PATCHES_H
#define KEELSON_IMAGES_CMD_PATCHES_H

#include "lib/base/args_table.h"
#include "sbom/vex/vex_make.h"

#define PATCHES_HELP                                                           \
	"a patch that fixes CVE: says what is true of the product when the "   \
	"patch is not applied to its source; repeat for more"

/*
 * Read them and find the source of each (fix_bring()); *out has patches->n, in
 * the arena of the texts' basis.  0, or -1: ERR_USAGE not CVE=FILE.
 */
int patches_read(struct fix_texts *texts, const struct args_list *patches,
	struct vex_brought **out, struct err *e);

/* As they stand on the command line: " --patch CVE=FILE" for each. */
void patches_say(const struct args_list *patches, struct buf *out);

#endif
