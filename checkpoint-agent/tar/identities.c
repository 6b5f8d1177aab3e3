/*
 * identities - read each file whole, keep its keys, wipe its text.
 */
#include "checkpoint-agent/tar/identities.h"

#include "lib/base/buf.h"
#include "lib/base/fd.h"

#include <string.h>

#define KEY_FILE_MAX 65536

static int add_file(struct identities *k, const char *path, struct err *e)
{
	struct buf b = buf_growing(KEY_FILE_MAX);
	size_t n = 0;
	int rc = file_read(path, &b, e);

	if (rc == 0)
		rc = age_identities_parse(buf_view(&b), k->key + k->n,
			AGE_RECIPIENTS_MAX - k->n, &n, e);
	if (rc < 0)
		err_at(e, "%s", path);
	k->n += n;
	buf_wipe(&b);
	return rc;
}

int identities_read(
	struct identities *k, const struct args_list *files, struct err *e)
{
	for (size_t i = 0; i < files->n; i++)
		if (add_file(k, files->item[i], e) < 0)
			return -1;
	return 0;
}

void identities_wipe(struct identities *k)
{
	explicit_bzero(k, sizeof(*k));
}
