/*
 * options - the command line of kube-proxy-mini: its table, and its values.
 */
#ifndef KEELSON_PROXY_OPTIONS_H
#define KEELSON_PROXY_OPTIONS_H

#include "kube-proxy-mini/config/configfile.h"

#define OPTIONS_VERBOSITY 2 /* kube-proxy's usual level */

struct options {
	struct config_flags flags;
	const char *config_path;
	const char *write_config_to;
	bool cleanup, cleanup_peer, init_only, show, json, dry_run;
	uint64_t verbosity;
};

/* Parsing the table's options writes here. */
extern struct options options;
extern const struct args_option options_table[];

/* Back to the defaults. */
void options_reset(void);

/*
 * Read the file given->config_path into `options`; its texts live until the
 * program ends.  Lists that the command line gives as well are left empty,
 * since parsing appends to lists.  0 or -1.
 */
int options_read_file(
	const struct options *given, configfile_warn *warn, struct err *e);

/* Call each() for every option given that has no effect here. */
void options_each_without_effect(void (*each)(const char *name));

#endif
