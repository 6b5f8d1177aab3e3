/*
 * options - the command line of kube-proxy-mini as a table, and what it said.
 */
#ifndef KEELSON_PROXY_OPTIONS_H
#define KEELSON_PROXY_OPTIONS_H

#include "kube-proxy-mini/configfile.h"

#define OPTIONS_VERBOSITY 2 /* kube-proxy's usual level */

struct options {
	struct config_flags flags;
	const char *config_path;
	bool cleanup, cleanup_peer, init_only, show, json, dry_run;
	uint64_t verbosity;
};

/* The table writes here. */
extern struct options options;
extern const struct args_option options_table[];

/* Back to the defaults. */
void options_reset(void);

/*
 * Take in the file that given->config_path names.  Texts of it live until
 * the program ends.  Lists that the command line gives, too, are left out,
 * for lists add up.  0 or -1.
 */
int options_read_file(
	const struct options *given, configfile_warn *warn, struct err *e);

/* Those given that kube-proxy has and that mean nothing here. */
void options_each_without_effect(void (*each)(const char *name));

#endif
