from surveys.models.catalogue import Question, Survey
from surveys.models.responses import Answer, Comment, Invitation, OptOut

__all__ = ["Answer", "Comment", "Invitation", "OptOut", "Question", "Survey"]
