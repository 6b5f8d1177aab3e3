/*
 * config - how `serve` is told what to do: the kubelet's flag names where the
 * meaning is the same, a KubeletConfiguration-style file, and defaults.
 *
 * The command line wins over the file, the file over the defaults.
 */
#ifndef CHECKPOINT_AGENT_CONFIG_H
#define CHECKPOINT_AGENT_CONFIG_H

#include "checkpoint-agent/authz.h"
#include "checkpoint-agent/job.h"
#include "checkpoint-agent/route.h"

struct config {
	const char *file; /* --config */

	/* where to listen */
	const char *address;
	uint64_t port;

	const char *healthz_address; /* plain HTTP for probes */
	uint64_t healthz_port;       /* 0: none */

	/* the serving certificate, and whom to believe */
	const char *cert_file, *key_file; /* both or none */
	const char *cert_dir;             /* for a self-signed one */
	const char *tls_min_version;      /* as the kubelet names them */
	bool is_tls13_only;               /* as chosen by it */
	struct args_list tls_suites;      /* of TLS 1.2; empty: all */
	const char *client_ca_file;       /* "": certificates prove nothing */
	bool takes_anonymous;
	const char *authorization; /* mode; "" chooses */
	enum authz_mode mode;      /* as chosen */
	struct args_list groups;   /* for AUTHZ_GROUPS */

	/* the API server, for tokens and for mode Webhook */
	const char *kubeconfig; /* "": what a pod has */
	const char *hostname;   /* this node's name; "": the host's */
	bool takes_tokens;      /* bearer tokens, by TokenReview */
	uint64_t token_ttl_ms;  /* how long answers are believed */
	uint64_t authorized_ttl_ms;
	uint64_t unauthorized_ttl_ms;

	/* what is served */
	const char *feature_gates; /* "A=true,B=false" */
	struct route_features features;

	const char *root_dir;
	struct job_config job; /* dir: room below */
	char dir[PATH_MAX];    /* root_dir/checkpoints */
};

/* The options of serve; they fill the one config that config_get() gives. */
extern const struct args_option config_options[];

/*
 * After the command line was parsed: read the file, check and complete. 0 or
 * -1 (ERR_USAGE, naming the option or the file, line and field).
 */
int config_finish(struct err *e);
const struct config *config_get(void);

/* The switch of a feature gate; NULL when there is none of that name. */
bool *config_gate(struct str name);

/* Does anything have to be asked of an API server? */
bool config_needs_api(const struct config *c);

#endif
