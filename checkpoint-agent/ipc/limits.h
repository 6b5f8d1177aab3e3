/*
 * limits - every bound of the agent's server in one place.
 *
 * The front holds about 100 KiB for each connection (TLS records, a request
 * head, an answer), so CONNECTIONS_MAX also bounds its memory; only
 * LIMITS_HEADS_LARGE of them may hold some MiB.
 */
#ifndef CHECKPOINT_AGENT_IPC_LIMITS_H
#define CHECKPOINT_AGENT_IPC_LIMITS_H

#define LIMITS_CONNECTIONS_MAX   256
#define LIMITS_CONNECTIONS_SHARE 128 /* unknown ones of one source */
#define LIMITS_JOBS_MAX          256 /* waiting and running */
#define LIMITS_JOBS_RUNNING      8   /* checkpoints at once; others wait */

/*
 * Of a request's head: Go's limit for clients that are known, less for
 * strangers; so many connections at once may have a large one.
 */
#define LIMITS_HEAD_BYTES_MAX     ((1 << 20) + 4096)
#define LIMITS_HEAD_BYTES_UNKNOWN (64 * 1024)
#define LIMITS_HEADS_LARGE        8

#define LIMITS_BODY_BYTES_MAX    (256 * 1024) /* of a request; ignored */
#define LIMITS_ANSWER_BYTES_MAX  (8 << 20)    /* it may repeat a name */
#define LIMITS_CREDENTIALS_BYTES (128 * 1024) /* the whole packet */

/* How long a client may take, so that slow clients cannot hold all slots. */
#define LIMITS_FIRST_BYTE_MS   3000
#define LIMITS_HANDSHAKE_MS    10000 /* the whole of it */
#define LIMITS_HEAD_MS         10000 /* the whole of it */
#define LIMITS_ASK_MS          30000 /* for the API server's answer */
#define LIMITS_BODY_MS         10000
#define LIMITS_WRITE_MS        30000 /* without any progress */
#define LIMITS_IDLE_MS         60000 /* between requests, authenticated */
#define LIMITS_IDLE_UNKNOWN_MS 3000  /* between requests, not so */
#define LIMITS_LINGER_MS       2000  /* for the last answer to arrive */

#define LIMITS_ANSWER_LATE_MS 10000 /* after a job was to end at the latest */

#define LIMITS_ANSWER_WAIT_MS 5000 /* for room in the channel to the front */

#define LIMITS_PORT_WAIT_MS 3000 /* for a port that a dead server holds */

/* The front's sign of life to the process that answers probes. */
#define LIMITS_PULSE_MS      5000
#define LIMITS_PULSE_LOST_MS 60000 /* then it is no longer alive */

/* Shutdown. */
#define LIMITS_FINISH_MS 10000 /* after SIGTERM jobs may finish */
#define LIMITS_ABORT_MS  20000 /* to thaw and clean up; then SIGKILL */

#define LIMITS_LOOKUP_MS 2000  /* for the address of the API server */
#define LIMITS_RELOAD_MS 10000 /* how often certificate files are read */
#define LIMITS_SWEEP_MS  60000 /* how often archives are checked for age */

#endif
