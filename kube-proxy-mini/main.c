/*
 * kube-proxy-mini - kube-proxy's nftables mode, small.
 *
 * This file parses the command line and the configuration file, and does what
 * they ask for: a task that ends (--show, --cleanup, --init-only), or the
 * proxy itself (start.h).
 */
#include "kube-proxy-mini/config/configz.h"
#include "kube-proxy-mini/config/options.h"
#include "kube-proxy-mini/config/sysctl.h"
#include "kube-proxy-mini/kernel/apply.h"
#include "kube-proxy-mini/kernel/cleanup.h"
#include "kube-proxy-mini/show/show.h"
#include "kube-proxy-mini/start.h"
#include "lib/base/args_words.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/version.h"

#include <stdio.h>
#include <unistd.h>

#define SHOW_BYTES_MAX (256u << 20)

static bool is_person_waiting(void)
{
	return options.show || options.dry_run || options.write_config_to ||
	       options.cleanup || options.cleanup_peer;
}

static int report_failure(const struct err *e)
{
	if (is_person_waiting() || e->kind == ERR_USAGE)
		fprintf(stderr, "kube-proxy-mini: %s\n", e->text);
	else
		log_event(LOG_ERROR, "giving up", "why", e->text, NULL);
	return err_exit(e);
}

/* Errors and warnings are always logged; kube-proxy usually runs with 2. */
static void set_log_level(uint64_t verbosity)
{
	if (verbosity == 0)
		log_set_level(LOG_WARN);
	else
		log_set_level(verbosity < 4 ? LOG_INFO : LOG_DEBUG);
}

static int clean_up(struct err *e)
{
	if (options.cleanup && cleanup_ours(e) < 0)
		return err_at(e, "--cleanup");
	if (options.cleanup_peer && cleanup_peer(e) < 0)
		return err_at(e, "--cleanup-kube-proxy");
	log_event(LOG_INFO, "rules removed", NULL);
	return 0;
}

static int init_only(const struct config *c, struct err *e)
{
	struct apply *a = apply_open(&c->env, e);

	if (a == NULL)
		return err_at(e, "--init-only");
	sysctl_apply(&c->conntrack);
	apply_close(a);
	return 0;
}

static int print_service(const char *which, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(SHOW_BYTES_MAX);

	if (show_service(str_of(which), options.json ? SHOW_JSON : SHOW_TEXT,
		    &out, e) < 0)
		return -1;
	return fd_write(STDOUT_FILENO, out.p, out.n, e);
}

static int write_config(const struct config *c, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(CONFIGZ_BYTES_MAX);

	configz_write_yaml(c, &text);
	if (text.full)
		return err_kind(e, ERR_LIMIT, "--write-config-to: too large");
	if (file_write(options.write_config_to, buf_view(&text), 0644, e) < 0)
		return err_at(e, "--write-config-to");
	return 0;
}

static int run_task(const struct config *c, struct err *e)
{
	if (options.write_config_to != NULL &&
		options.write_config_to[0] != '\0')
		return write_config(c, e);
	if (options.init_only)
		return init_only(c, e);
	return options.dry_run ? start_dry_run(c, KEELSON_VERSION, e)
			       : start_run(c, KEELSON_VERSION, e);
}

static int run_command(size_t n, const char *const *operands);

static const struct args_command command = {
	.name = "kube-proxy-mini",
	.operands = "[NAMESPACE/NAME]",
	.summary = "Make Services of a Kubernetes cluster work on this node",
	.options = options_table,
	.max_operands = 1,
	.run = run_command,
};

/* The command line, parsed once more after a configuration file. */
static struct {
	int n;
	char **words;
} line;

static void warn_without_effect(const char *name)
{
	log_event(LOG_WARN, "this has no effect here", "option", name, NULL);
}

/* Defaults, then the file, then the command line. */
static int read_all(struct err *e)
{
	struct options given = options;
	const char *none[1]; /* run_command() checked that there are none */
	struct args_operands operands = {.item = none};

	if (given.config_path == NULL || given.config_path[0] == '\0')
		return 0;
	options_reset();
	if (options_read_file(&given, warn_without_effect, e) < 0)
		return -1;
	return args_parse(&command, line.n, line.words, &operands, e);
}

static int run_command(size_t n, const char *const *operands)
{
	static struct config config;
	struct err e = {0};

	set_log_level(options.verbosity);
	if (is_person_waiting())
		log_plain();
	if (options.json && !options.show) {
		err_kind(&e, ERR_USAGE, "--json needs --show");
		return report_failure(&e);
	}
	if (options.show)
		return print_service(n > 0 ? operands[0] : "", &e) < 0
			       ? report_failure(&e)
			       : 0;
	if (n > 0) {
		err_kind(&e, ERR_USAGE, "\"%s\": only --show takes a Service",
			operands[0]);
		return report_failure(&e);
	}
	if (options.cleanup || options.cleanup_peer)
		return clean_up(&e) < 0 ? report_failure(&e) : 0;
	if (read_all(&e) < 0 || config_make(&options.flags, &config, &e) < 0)
		return report_failure(&e);
	options_each_without_effect(warn_without_effect);
	return run_task(&config, &e) < 0 ? report_failure(&e) : 0;
}

int main(int argc, char **argv)
{
	options_reset();
	line.n = argc;
	line.words = argv;
	return args_main(&command, KEELSON_VERSION, argc, argv);
}
