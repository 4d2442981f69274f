"""The first six lessons: callbacks, errbacks, and what goes wrong."""

from service.lessons.course.values import CourseLesson, Question, Scene

BASICS = (
    CourseLesson(
        title="A result that is not ready",
        says="A function whose result is not ready returns a `Deferred`: an object that will have the result later."
        " With `addCallback` you say what to do then. The function itself returns immediately.",
        scenes=(Scene(title="Example 1 of the slides, for dustin", path="/lessons/example-1"),),
        question=Question(
            asks="The database takes 1.5 seconds. What is the last line that is printed before it has answered?",
            choices=("looking up dustin", "still thinking..", "*still* thinking..", "name: Dustin"),
            right=2,
            because="`addCallback` only stores the callback, so the function runs to its end. `name: Dustin` is"
            " printed when the Deferred fires.",
        ),
        notice="After the first moment of the picture the function runs to its end, and prints its three lines; 1.5"
        " seconds later the Deferred fires. The first step, `as_answer`, belongs to the fake database, and makes a"
        " `User` of its answer. `got_info` is the second one, and takes what the first one returned. `to_browser` and"
        " `or_error`, here and in other lessons, turn the outcome into JSON.",
    ),
    CourseLesson(
        title="Two callbacks",
        says="A Deferred has a chain of callbacks. Each takes what the one before it returned, so a function can add"
        " its own callback and return the same Deferred to its caller, who adds the next one.",
        scenes=(
            Scene(title="Example 2, for jimbo, who does not exist", path="/lessons/example-2"),
            Scene(title="The same for karl", path="/lessons/example-2?username=karl"),
        ),
        question=Question(
            asks="The answer of the database for jimbo is None. What does `print_name` take?",
            choices=("None", "'(unknown)'", "a failure", "nothing: it does not run"),
            right=1,
            because="`extract_name` runs first, and returns `'(unknown)'`. That is the result from then on.",
        ),
        notice="The value beside each arrow is what travels. It changes with each callback, and the caller of"
        " `get_user_name` never sees the `User`.",
    ),
    CourseLesson(
        title="Errors and errbacks",
        says="If something goes wrong, a `Failure` travels on the other side of the chain: it holds the exception."
        " Functions on that side are called errbacks. With `addCallbacks(cb, eb)` you say what to do in either case.",
        scenes=(
            Scene(title="Example 3, for a page whose server answers 404", path="/lessons/example-3"),
            Scene(title="The same for a page that exists", path="/lessons/example-3?url=http://buildbot.net"),
        ),
        question=Question(
            asks="The page's server answers 404. Which function runs?",
            choices=("got_info", "fail_info", "both", "neither"),
            right=1,
            because="The fetch has failed, so the result is a failure and takes the errback side. `got_info` stands"
            " on the other side, and is skipped.",
        ),
        notice="After `fail_info` the arrow goes back to the left: it printed something and returned None, which is a"
        " result and not a failure. So this errback is terminal: the chain has recovered. What failed is in"
        " `failure.value`; `failure.check(KeyError)` asks whether it is a KeyError, and `failure.trap(KeyError)` goes"
        " on only if it is, and raises the exception again if not.",
    ),
    CourseLesson(
        title="The full grid",
        says="Each step has a callback on the left, an errback on the right, or both, and at most one of them runs;"
        " without one on its side the result passes by. What it returns or raises decides the side on which the"
        " result goes on: a failure or an exception to the right, anything else to the left.",
        scenes=(
            Scene(title="An errback that returns the failure", path="/lessons/forgotten-return-f", side="right"),
            Scene(title="The same without return f", path="/lessons/forgotten-return-f"),
            Scene(
                title="With return f again, for dustin",
                path="/lessons/forgotten-return-f?username=dustin",
                side="right",
            ),
        ),
        question=Question(
            asks="jimbo does not exist. `eb` logs the failure, and returns it. Where does the chain go on?",
            choices=("on the left, with None", "on the left, with the failure", "on the right, with the same failure"),
            right=2,
            because="What an errback returns is the result of the step, and a failure stays on the right. Such an"
            " errback is nonterminal: it looks at the failure, and passes it on.",
        ),
        notice="Compare the second scene: without `return f` the errback returns None, the arrow goes left, and the"
        " browser gets a result although nothing was found.",
    ),
    CourseLesson(
        title="get_contacts and ajax_get_contacts",
        says="`get_contacts` has a nonterminal errback, because only its caller knows what to do about a failure."
        " `ajax_get_contacts` has a terminal errback, because nobody comes after it but the browser, which wants"
        " JSON.",
        scenes=(
            Scene(title="v1, while the IM service is down", path="/lessons/contacts-v1?username=dustin~down"),
            Scene(title="v1, for dustin", path="/lessons/contacts-v1?username=dustin"),
        ),
        question=Question(
            asks="The IM service is down. What does the browser get?",
            choices=("a page of HTML", "the error as JSON", "an empty list as JSON", "nothing"),
            right=1,
            because="The failure passes both callbacks by. The first errback logs it and returns it, the second one"
            " turns it into JSON.",
        ),
        notice="Two errbacks, two jobs: the failure stays on the right after the first one, and crosses to the left"
        " after the second. The last one decides how the browser sees the failure, and it can do so because the first"
        " one passes the failure on.",
    ),
    CourseLesson(
        title="What goes wrong in v1 to v5",
        says="An errback can only handle what has gone wrong in the chain, in a step before its own. The variants of"
        " the slides catch one thing after another, and only v5 puts everything into one chain. But is everything in"
        " the right place there?",
        scenes=(
            Scene(title="v5, with contacts that JSON cannot encode", path="/lessons/contacts-v5"),
            Scene(title="v1, without a username", path="/lessons/contacts-v1"),
            Scene(title="v3, when the IM service itself raises", path="/lessons/contacts-v3"),
            Scene(title="v4, without a username", path="/lessons/contacts-v4"),
            Scene(title="v5, with the errback after the JSON step", path="/lessons/contacts-v5", side="right"),
        ),
        question=Question(
            asks="`json_cb` raises, because the contacts cannot be encoded. Does `json_eb`, beside it, handle that?",
            choices=("yes", "no"),
            right=1,
            because="A pair is one step, and only one of the two runs. `json_cb` has run, so its failure goes on to"
            " the next step, and `json_eb` is not in it.",
        ),
        notice="This is why v5 still has a bug. The cure is to add the errback after the JSON step and not beside it:"
        " `d.addCallback(json_cb)`, then `d.addErrback(json_eb)`, as in the last scene, and in this service. In the"
        " other scenes, look for what is outside of the chain and, in v4, for the chain that has no errback.",
    ),
)
