"""The rooms of the service and of the fakes, each with what it promises."""
