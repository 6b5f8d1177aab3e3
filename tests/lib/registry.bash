# registry.bash - a registry of images at localhost:5000, in the clear.  Sourced.
#
#   registry_start
#   registry_stop

REGISTRY_DIR=/keep/registry

registry_start() {
	mkdir -p $REGISTRY_DIR
	cat >$REGISTRY_DIR/config.yml <<-EOT
		version: 0.1
		storage: {filesystem: {rootdirectory: $REGISTRY_DIR/data}}
		http: {addr: "localhost:5000"}
	EOT
	docker-registry serve $REGISTRY_DIR/config.yml >$REGISTRY_DIR/log 2>&1 3>&- &
	echo $! >$REGISTRY_DIR/pid
	wait_for 10 curl -sf http://localhost:5000/v2/
}

registry_stop() {
	kill "$(cat $REGISTRY_DIR/pid)"
}
