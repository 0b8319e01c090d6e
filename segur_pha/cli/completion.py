"""``segur-pha completion``: the script that lets a shell complete commands, options and names of files."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, TypeAlias

from cyclopts import Parameter

from segur_pha.cli.aide import EN_FRANCAIS
from segur_pha.cli.console import sortir

__all__ = ["completion"]

Shell: TypeAlias = Literal["bash", "zsh", "fish", "powershell"]

#: To cyclopts, the files to control are texts, since « - » is not a file: bash and zsh are told to complete file names.
_FICHIERS: Final = (
    (re.compile(r"^complete -F", re.MULTILINE), "complete -o default -F"),
    (re.compile(r"^( +'\*:[^'\n]+)(?<!_files)'( \\)?$", re.MULTILINE), r"\1:_files'\2"),
)


def completion(
    shell: Annotated[Shell, Parameter(help="L’interpréteur de commandes : bash, zsh, fish ou powershell.")],
    /,
) -> int:
    """Affiche le script qui complète les commandes, les options et les noms de fichiers à la touche Tab.

    Il prend effet dans un nouveau terminal.

    Exemples :

        segur-pha completion bash > ~/.local/share/bash-completion/completions/segur-pha
        segur-pha completion zsh > ~/.zfunc/_segur-pha        (avec ~/.zfunc dans fpath)
        segur-pha completion fish > ~/.config/fish/completions/segur-pha.fish
        segur-pha completion powershell >> $PROFILE
    """
    sortir(_script(shell).encode())
    return 0


def _script(shell: Shell) -> str:
    from segur_pha.cli import application

    texte = application().generate_completion(prog_name="segur-pha", shell=shell)
    for anglais, francais in EN_FRANCAIS.items():
        # Sentences only, since single words of cyclopts are also words of the shell's language.
        if anglais.endswith("."):
            texte = texte.replace(anglais, francais)
    for motif, voulu in _FICHIERS:
        texte = motif.sub(voulu, texte)
    return texte
