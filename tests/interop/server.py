"""What the servers of the suite have in common: one process, and where it listens."""


class Server:
    """A server with one process; who inherits from it starts that."""

    def __init__(self, process, listeners):
        self._process = process
        self._listeners = listeners

    def wait(self):
        """Waits until it listens everywhere."""
        self._process.wait_for_listeners(self._listeners)

    def read_log(self):
        """Its log."""
        return self._process.read_log()

    def stop(self):
        """Ends it."""
        self._process.stop()


class EndpointServer(Server):
    """A server of one endpoint, which knows the case that it serves."""

    def __init__(self, process, endpoint):
        super().__init__(process, [(endpoint.address, endpoint.port)])
        self.case = endpoint.case


class WebServer(Server):
    """A web server with all its endpoints, which logs what it is asked beside."""

    def __init__(self, process, endpoints, access_log):
        super().__init__(process, [(endpoint.address, endpoint.port) for endpoint in endpoints])
        self._access_log = access_log

    def read_log(self):
        """Its logs."""
        return super().read_log() + self._access_log.read_text(errors="replace")
