/*
 * archive_options - from options and operand to the place of an archive.
 */
#include "checkpoint-agent/cmd/archive_options.h"

#include <string.h>

struct pod_archive_place archive_options_place(
	const struct archive_options *o, const char *path)
{
	return (struct pod_archive_place){
		path, o->container, &o->identities, o->max_bytes};
}

int archive_options_need_file(const char *path, struct err *e)
{
	if (strcmp(path, "-") != 0)
		return 0;
	return err_kind(e, ERR_USAGE,
		"the archive is read more than once, so it must be a file, "
		"not standard input");
}
